pub struct Found; pub fn find() {}
