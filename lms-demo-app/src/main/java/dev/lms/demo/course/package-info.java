/** Courses, their resources and who is enrolled. */
@NullMarked
package dev.lms.demo.course;

import org.jspecify.annotations.NullMarked;
