"""What the bridge costs: calls, CPU and memory, beside the vendors' bare clients in the same run."""
