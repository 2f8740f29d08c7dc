"""The invented sample county that `make demo` shows: data files, and what loads them."""
