/** A page cache without sessions: everybody is a stranger. */
module reader.pages {
  requires dev.lms.pagecache;
  requires jdk.httpserver;
}
