"""What a person does next: rules that are plain functions of how the person stands."""
