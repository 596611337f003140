"""What a visitor sees and touches: the Streamlit half of the views."""
