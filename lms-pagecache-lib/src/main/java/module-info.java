import org.jspecify.annotations.NullMarked;

/** A page cache that knows who is asking, for the JDK's HttpServer. */
@NullMarked
module dev.lms.pagecache {
  requires static transitive org.jspecify;
  requires com.github.benmanes.caffeine;

  exports dev.lms.pagecache;
}
