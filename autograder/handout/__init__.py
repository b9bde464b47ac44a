"""What is handed out to students; stands alone with numpy."""
