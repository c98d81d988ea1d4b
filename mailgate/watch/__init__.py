"""What an operator and their tools see of the running service: its log, its figures, its health. Decides nothing."""
