"""What the RFCs say. Pure: no database, network, clock or settings."""
