"""HTTP for programs that follow links and fetch documents."""
