package dev.lms.demo.wiring;

/**
 * One feature of the site. It knows the features it builds on, and none knows who builds on it: to
 * add one, write it and name it in {@code App}.
 */
public interface Feature {
  /** Makes it of these parts, and says what it adds to the site. Called once for each start. */
  Content open(Parts parts);
}
