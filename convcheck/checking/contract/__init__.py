"""What forward and backward owe beside right numbers: shapes, dtypes, purity, determinism, memory layout, ties."""
