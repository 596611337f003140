"""The picture as tables: every state and every output of a reading."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from rnn_core.tasks import ExampleRun
from rnn_views.chain.tables import table_outputs, table_states

DECIMALS = "%.4f"


def show_numbers(example_run: ExampleRun) -> None:
    """Offer what the chain draws as tables, to read and to download."""
    expander = st.expander("The same numbers as tables", key="numbers", on_change="rerun")
    if expander.open:
        with expander:
            st.markdown("What the network says, with the loss in nats:")
            show_table(table_outputs(example_run))
            st.markdown("The hidden states, from h₀ on:")
            show_table(table_states(example_run))


def show_table(table: pd.DataFrame) -> None:
    """Show a table whose numbers have four decimals."""
    numeric = table.select_dtypes("number").columns
    st.dataframe(
        table,
        height="content",
        column_config={name: st.column_config.NumberColumn(format=DECIMALS) for name in numeric},
    )
