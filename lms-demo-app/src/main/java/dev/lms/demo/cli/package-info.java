/** The commands of lmsctl. */
@NullMarked
package dev.lms.demo.cli;

import org.jspecify.annotations.NullMarked;
