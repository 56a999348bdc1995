"""What people type: texts, dates and phone numbers, and the form fields for them."""
