// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** From page models to HTML: templates, holes, the style sheet. */
@NullMarked
package dev.lms.demo.view;

import org.jspecify.annotations.NullMarked;
