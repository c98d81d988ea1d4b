"""The only SQLAlchemy: tables, sealing, and functions that read and write rows. Decides nothing about the product."""
