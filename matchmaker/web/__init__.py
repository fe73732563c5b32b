"""The front of the house: pages, forms and addresses."""
