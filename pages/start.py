"""Start: one minute with the temporal loop."""

import streamlit as st

st.title("Unrolled")
st.write("See a recurrent neural network think, one time step at a time.")
