/** Tests of what a program uses. */
@NullMarked
package dev.lms.session;

import org.jspecify.annotations.NullMarked;
