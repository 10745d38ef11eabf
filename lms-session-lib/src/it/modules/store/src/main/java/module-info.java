/** A store of one's own, and the contract that judges it. */
module reader.store {
  requires dev.lms.session;
  requires dev.lms.session.contract;
  requires org.junit.jupiter.api;

  opens reader.store to
      org.junit.platform.commons;
}
