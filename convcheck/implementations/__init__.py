"""What is under test, brought into one calling convention."""
