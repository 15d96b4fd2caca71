"""One record's life: named, drafted, written, shown, archived and restored."""
