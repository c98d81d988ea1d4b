"""The only SQLAlchemy: tables, sealing, and functions that read and write rows. Decides nothing about the product.

Two databases: the main one (`tables.py`, `database.py`, `transaction.py`) and the key store (`key_store.py`), from
which `key_ring.py` takes the keys that `sealing.py` seals rows with; `custody.py` and `rotation.py` look at both.
"""
