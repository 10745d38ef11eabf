import org.jspecify.annotations.NullMarked;

/** Sessions in Redis, files or sealed cookies, for any Java SE program. */
@NullMarked
module dev.lms.session {
  requires static org.jspecify;

  exports dev.lms.session;
}
