"""Pictures and tables of what the engine computed; the Streamlit half lives in `rnn_views.ui`."""
