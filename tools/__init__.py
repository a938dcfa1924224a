"""Scripts a maintainer runs by hand; nothing here is installed."""
