"""What a contact is: complaint, inquiry, request, suggestion, praise or other."""
