package dev.lms.demo.view;

/** For whom a page is. */
public enum Visitor {
  /** Somebody who is signed in. */
  PERSON,
  /** Somebody who is not. */
  STRANGER,
  /** Nobody can tell just now. */
  UNKNOWN
}
