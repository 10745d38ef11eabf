/** From page models to HTML: templates, holes, the style sheet. */
@NullMarked
package dev.lms.demo.view;

import org.jspecify.annotations.NullMarked;
