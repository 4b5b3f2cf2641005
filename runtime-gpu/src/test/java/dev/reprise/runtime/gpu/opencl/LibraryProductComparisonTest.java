package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.ProductComparison;
import java.util.ArrayList;

/** With a library for products. */
class LibraryProductComparisonTest extends ProductComparison {
  LibraryProductComparisonTest() {
    super(GroupingOpenCl.openWithLibrary(new ArrayList<>()));
  }
}
