"""Search: what is asked, which rows answer, and how late the index is."""
