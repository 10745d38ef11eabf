/** A store of one's own, the contract that judges it, and a page tested with the test kit. */
module reader.store {
  requires dev.lms.session;
  requires dev.lms.session.contract;
  requires dev.lms.session.testkit;
  requires jdk.httpserver;
  requires org.junit.jupiter.api;

  opens reader.store to
      org.junit.platform.commons;
}
