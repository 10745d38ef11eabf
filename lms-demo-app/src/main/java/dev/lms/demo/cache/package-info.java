/** The page cache as operators see it: what it is warmed with, what it counts, why it decides. */
@NullMarked
package dev.lms.demo.cache;

import org.jspecify.annotations.NullMarked;
