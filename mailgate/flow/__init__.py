"""One file for each thing that can happen: load, decide (on the floors below), store, outbox. Opens no socket."""
