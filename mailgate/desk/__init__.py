"""What the product says: states, routes, dates, who may be asked. Pure."""
