//! What git knows, asked of the `git` program with everything switched off that could run code or reach a network.
