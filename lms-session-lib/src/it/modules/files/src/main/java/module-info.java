/** Sessions in files: the library is all that the module path holds. */
module reader.files {
  requires dev.lms.session;
}
