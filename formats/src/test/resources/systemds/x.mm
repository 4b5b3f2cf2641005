%%MatrixMarket matrix coordinate real general
3 3 8
1 1 1.0
1 2 -Infinity
1 3 3.5
2 1 -4.0
2 2 NaN
2 3 1.0E-300
3 1 0.1
3 2 1.23456789012345E14
