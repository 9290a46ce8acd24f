"""Leave: types, allocations that accrue, requests, and the ledger that both write to."""
