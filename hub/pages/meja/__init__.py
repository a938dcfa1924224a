"""/meja: the desk of an officer, over the same graph as everything else. See docs/adr/0037-pages-of-the-desk.md."""
