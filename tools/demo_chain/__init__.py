"""The demo chain, made from the readable tables in `resources/demo` (see the README there).

`tables` reads rows and says what is wrong with them, `codes` makes check digits, `chain_table` is the shape of
`chain.toml`; `places`, `goods`, `prices` and `people` each turn a table into its part; `chain` joins them.
"""
