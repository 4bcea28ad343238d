throw new Error('no data file');
