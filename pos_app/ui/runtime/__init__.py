"""How the window works: tasks, the one bridge between threads, scans, messages, translations, themes."""
