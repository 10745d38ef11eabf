/** The front page. */
@NullMarked
package dev.lms.demo.home;

import org.jspecify.annotations.NullMarked;
