package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.FactorisationComparison;
import java.util.ArrayList;

/** With a library for products. */
class LibraryFactorisationComparisonTest extends FactorisationComparison {
  LibraryFactorisationComparisonTest() {
    super(GroupingOpenCl.openWithLibrary(new ArrayList<>()));
  }
}
