/** A store of pages of one's own, and the contract that judges it. */
module reader.pagestore {
  requires dev.lms.pagecache;
  requires dev.lms.pagecache.contract;
  requires org.junit.jupiter.api;

  opens reader.pagestore to
      org.junit.platform.commons;
}
